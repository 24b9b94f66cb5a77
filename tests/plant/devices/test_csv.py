"""Devices as a spreadsheet sees them."""

from __future__ import annotations

import csv

import pytest

from plant.devices.csv import read_csv, write_csv
from plant.devices.validation import changed
from plant.model.device import Device

DEVICES = [
    Device(sn="GS001", name='泵房 "东", 1', gas="CO", k=0.02, b=-40.0, a1=20.0, a1_direction="low", left_pct=12.25),
    Device(sn="GS002", name="=HYPERLINK(1)", location="-2 层", formula="-3 * v_raw", enabled=False),
]


def test_what_is_written_reads_back_the_same():
    rows = read_csv(write_csv(DEVICES))
    made = [changed(Device(sn=sn), fields) for sn, fields in rows.wanted.items()]
    assert rows.problems == []
    assert made == [(device, []) for device in DEVICES]


def test_a_spreadsheet_finds_no_formula_in_it():
    text = write_csv(DEVICES)
    assert text.startswith("\ufeffsn,name,")
    assert "'=HYPERLINK(1)" in text
    assert "'-2 层" in text
    assert ",-40," in text


def test_columns_may_be_few_and_in_any_order():
    rows = read_csv("k;sn\n".replace(";", ",") + "0.5,GS001\n")
    assert rows.wanted == {"GS001": {"k": 0.5}}


def test_every_wrong_line_is_told_with_its_number():
    rows = read_csv("sn,k,enabled\nGS001,abc,true\nGS002,1\nGS001,1,true\n\nGS003,1,maybe\nGS004,1_000,true\n")
    told = [(problem.line, problem.field, problem.code) for problem in rows.problems]
    assert told == [
        (2, "k", "number"),
        (3, "", "cells"),
        (4, "sn", "twice"),
        (6, "enabled", "type"),
        (7, "k", "number"),
    ]


def test_a_file_without_serial_numbers_or_with_unknown_columns_is_refused_at_its_head():
    assert [problem.code for problem in read_csv("name,k\nx,1\n").problems] == ["no_sn"]
    assert [problem.code for problem in read_csv("sn,sn,K\nGS001,1,2\n").problems] == ["column_twice", "column"]
    assert [problem.code for problem in read_csv("").problems] == ["no_sn"]
    assert [problem.code for problem in read_csv('sn\n"GS001').problems] == ["csv"]


@pytest.mark.parametrize(
    "text", ["=1", "'=1", "''=1", "'", "''", "'quoted'", "＝1+1", "＋1", "－1", "＠x", "-5 库房", "it's", "@'x"]
)
def test_text_that_a_spreadsheet_would_run_comes_back_as_it_was(text: str):
    written = write_csv([Device(sn="GS001", name=text)])
    assert read_csv(written).wanted["GS001"]["name"] == text
    cell = next(csv.reader([written.splitlines()[1]]))[1]
    assert not cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))

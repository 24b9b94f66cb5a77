"""What conversions need to know of a gas: its molar mass, and where it begins to burn in air.

Molar masses are sums of the standard atomic weights (IUPAC 2021, abridged), g/mol. Lower explosive limits are those of IEC 60079-20-1:2010,
annex B, %vol; other standards say otherwise (GB/T 50493 and NFPA 497 take 5.0 %vol for methane), so a flow may give its own.
"""

from __future__ import annotations

from engine.api import Struct

__all__ = ["GASES", "Gas"]


class Gas(Struct, frozen=True):
    """`lel_vol_pct` is None for a gas that does not burn in air."""

    en: str
    zh: str
    molar_mass_g_mol: float
    lel_vol_pct: float | None = None


GASES = {
    "CH4": Gas("methane", "甲烷", 16.043, 4.4),
    "C2H6": Gas("ethane", "乙烷", 30.070, 2.4),
    "C3H8": Gas("propane", "丙烷", 44.097, 1.7),
    "C4H10": Gas("butane", "丁烷", 58.124, 1.4),
    "C2H4": Gas("ethylene", "乙烯", 28.054, 2.3),
    "C2H2": Gas("acetylene", "乙炔", 26.038, 2.3),
    "H2": Gas("hydrogen", "氢气", 2.016, 4.0),
    "CO": Gas("carbon monoxide", "一氧化碳", 28.010, 10.9),
    "H2S": Gas("hydrogen sulfide", "硫化氢", 34.08, 4.0),
    "NH3": Gas("ammonia", "氨", 17.031, 15.0),
    "CH3OH": Gas("methanol", "甲醇", 32.042, 6.0),
    "C2H5OH": Gas("ethanol", "乙醇", 46.069, 3.1),
    "C6H6": Gas("benzene", "苯", 78.114, 1.2),
    "O2": Gas("oxygen", "氧气", 31.998),
    "CO2": Gas("carbon dioxide", "二氧化碳", 44.009),
    "SO2": Gas("sulfur dioxide", "二氧化硫", 64.06),
    "NO": Gas("nitric oxide", "一氧化氮", 30.006),
    "NO2": Gas("nitrogen dioxide", "二氧化氮", 46.005),
    "Cl2": Gas("chlorine", "氯气", 70.90),
    "O3": Gas("ozone", "臭氧", 47.997),
}

"""The formula language: arithmetic over named values that anyone may write and that can do nothing but arithmetic."""

from engine.expression.expression import Expression, Value
from engine.expression.functions import FUNCTIONS, Function
from engine.expression.problems import EvaluationError, ExpressionError, Problem

__all__ = ["FUNCTIONS", "EvaluationError", "Expression", "ExpressionError", "Function", "Problem", "Value"]

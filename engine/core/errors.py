"""Errors that an operator can put right: each says what is wrong and what to do next."""


class SetupError(Exception):
    """Something outside the program keeps it from starting; the command line prints it as one line and ends.

    `problem` says what is wrong and where, `remedy` what to do next. Neither may hold a secret.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy

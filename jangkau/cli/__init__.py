"""The command line: one module per command, loaded only when it is called."""


def main() -> int:
    raise NotImplementedError

"""How a signature learns that the person is who he says he is."""

from typing import NamedTuple


class SignProof(NamedTuple):
    """Made by the server after it checked the person. No client can send one: RPC knows only plain values.

    ``method`` is one of ``paydox.signature._get_methods()``, ``image`` the drawn signature as PNG bytes, ``evidence``
    what the method leaves to be checked again later (for a certificate: the detached signature).
    """

    method: str
    image: bytes | None = None
    evidence: str | None = None

"""The one request to a state register: bounded in time and size, without redirects. No ORM."""

import json
import threading
from urllib.parse import urlsplit

import requests

from .registers import RegisterError

_MAX_BYTES = 1024 * 1024
_CHUNK = 16 * 1024
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def get_address_problem(address):
    """Return why an address cannot be that of a register, as a code, or None.

    The key and the numbers travel there: it is a secure address, or one of the same machine.
    """
    try:
        parts = urlsplit(address or "")
        host, __ = parts.hostname, parts.port
    except ValueError:
        return "malformed"
    if not host or any(char.isspace() for char in address):
        return "malformed"
    if parts.username or parts.password:
        return "credentials"
    if parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK):
        return None
    return "insecure"


def post_json(address, payload, *, headers=None, timeout=10, accepted=(200,)):
    """Send ``payload`` and return the decoded answer.

    :param float timeout: seconds for everything together: a register that answers drop by drop holds nobody up longer
    :param accepted: codes of HTTP whose body is an answer
    :raises RegisterError: ``unreachable``, ``timeout``, ``redirect``, ``denied``, ``busy``, ``status``, ``size``, ``json``
    """
    if get_address_problem(address):
        raise RegisterError("address", "The address is not allowed.")
    outcome = {}

    def ask():
        try:
            outcome["body"] = _request(address, payload, headers or {}, timeout, accepted)
        except Exception as error:  # noqa: BLE001 raised again by the one who waits
            outcome["error"] = error

    # The time-out of requests is that of one reading: a register that answers drop by drop would hold a worker for hours.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout)
    if not outcome:
        raise RegisterError("timeout", "No answer in time.")
    if "error" in outcome:
        _raise(outcome["error"])
    try:
        return json.loads(outcome["body"])
    except (ValueError, RecursionError) as error:
        raise RegisterError("json", "The answer is no JSON.") from error


def _request(address, payload, headers, timeout, accepted):
    with requests.Session() as session:
        # Neither a proxy's nor a netrc's credentials of the server go along.
        session.trust_env = False
        with session.post(
            address,
            json=payload,
            headers={"Accept": "application/json", **headers},
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            _check_status(response.status_code, accepted)
            return _read(response)


def _raise(error):
    """Turn what went wrong into a reason. The texts of requests hold addresses and are not passed on."""
    if isinstance(error, RegisterError):
        raise error
    if isinstance(error, requests.Timeout):
        raise RegisterError("timeout", "No answer in time.") from error
    if isinstance(error, (requests.RequestException, UnicodeError)):
        raise RegisterError("unreachable", "No connection.") from error
    raise error


def _check_status(status, accepted):
    if status in accepted:
        return
    if 300 <= status < 400:
        raise RegisterError("redirect", "The register sends elsewhere.")
    if status in (401, 403):
        raise RegisterError("denied", f"Status {status}.")
    if status == 429:
        raise RegisterError("busy", "Too many requests.")
    raise RegisterError("status", f"Status {status}.")


def _read(response):
    chunks, size = [], 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > _MAX_BYTES:
            raise RegisterError("size", "The answer is too large.")
        chunks.append(chunk)
    return b"".join(chunks)

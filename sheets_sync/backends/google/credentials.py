"""Who we are to Google: application default credentials, or the service account file that the standard variable names.

Nothing of them is ever printed or logged; of an account only its address, which a sheet must be shared with.
"""

from __future__ import annotations

from typing import Any

import google.auth
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError

from sheets_sync.problems import BackendError

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)


def find() -> Any:
    """The credentials of this machine. BackendError ``google_no_credentials``, ``google_bad_credentials``."""
    try:
        found, _ = google.auth.default(scopes=SCOPES)
    except DefaultCredentialsError as error:
        missing = "were not found" in str(error)
        raise BackendError("google_no_credentials" if missing else "google_bad_credentials") from error
    except (GoogleAuthError, ValueError, OSError) as error:  # a file that is none, or that may not be read
        raise BackendError("google_bad_credentials") from error
    return found


def address(credentials: Any) -> str:
    """The address to share a sheet with; '' for a person's own login."""
    named = getattr(credentials, "service_account_email", None) or ""
    return named if "@" in named else ""

from . import paydox_approval_decide
from . import paydox_document_add_version

from . import paydox_approval_decide
from . import paydox_document_add_version
from . import paydox_paper_original_move

from . import paydox_approval_decide
from . import paydox_document_add_version
from . import paydox_paper_original_move
from . import paydox_document_number_give_up
from . import paydox_document_number_reserve
from . import paydox_document_register_reserved

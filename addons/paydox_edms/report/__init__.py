from . import report_approval_sheet
from . import paydox_discipline_report
from . import paydox_discipline_export

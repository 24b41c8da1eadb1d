from . import report_approval_sheet

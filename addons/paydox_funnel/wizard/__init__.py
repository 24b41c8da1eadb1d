from . import crm_lead_override_stage
from . import crm_lead_set_status

from . import crm_lead_override_stage
from . import crm_lead_set_status
from . import paydox_funnel_send
from . import paydox_rule_preview

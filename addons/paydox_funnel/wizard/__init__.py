from . import crm_lead_set_status

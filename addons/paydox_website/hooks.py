def uninstall_hook(env):
    """Cut what points to the templates of cases, so that they can go with their addon."""
    env.flush_all()
    env.cr.execute("UPDATE paydox_order_form SET case_template_id = NULL")
    env.invalidate_all()

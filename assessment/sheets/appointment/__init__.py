"""Files of the appointment form 干部任免审批表 (.lrmx, .lrm), and how they and our records become each other."""

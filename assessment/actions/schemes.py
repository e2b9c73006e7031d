def install_shipped(**kwargs):
    pass

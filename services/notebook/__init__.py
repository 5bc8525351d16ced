"""JupyterLab with the training's libraries and a notebook that compares two versions of a model."""

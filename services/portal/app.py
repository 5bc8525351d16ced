"""The portal's entry point: `streamlit run services/portal/app.py`, started in the project's root or anywhere else."""

import sys
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
if str(ROOT) not in sys.path:
    # `streamlit run` puts this file's folder on the path, not the project's root where `services` lies.
    sys.path.append(str(ROOT))

# A file, since the browser would fetch a :material/...: icon of the page from Google.
st.set_page_config(page_title="Telar", page_icon=str(HERE / "icon.svg"), layout="wide")
st.logo(str(HERE / "logo.svg"), size="large")
st.navigation(
    [
        st.Page("app_pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("app_pages/predict.py", title="Predict", icon=":material/psychology:"),
        st.Page("app_pages/history.py", title="History", icon=":material/history:"),
        st.Page("app_pages/model.py", title="Model", icon=":material/deployed_code:"),
    ],
    position="top",
).run()

"""The portal: Telar's face for people, a Streamlit app that reads everything over HTTP and from the warehouse."""

# lossviz in a container: docker build -t lossviz . && docker run --rm -p 8501:8501 lossviz
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --create-home --uid 1000 lossviz
WORKDIR /srv/lossviz

# Without an index this is the CUDA build of torch, several GB. --build-arg INDEX= names the one for CPU, 200 MB: PyTorch's
# install page has its address.
ARG INDEX=
RUN pip install torch==2.13.0 ${INDEX:+--index-url "$INDEX"}

# What rarely changes first, so that a change of the app installs nothing anew.
COPY requirements.txt /tmp/
RUN grep -v "^-e" /tmp/requirements.txt > /tmp/pinned.txt && pip install -r /tmp/pinned.txt
COPY . .
RUN pip install -r requirements.txt

USER lossviz
EXPOSE 8501
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--server.headless", "true", "--logger.hideWelcomeMessage", "true"]

"""The least a Flask application can do: what the wiki's view is measured against."""

from flask import Flask


def create() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "Hello, world!"

    return app


app = create()

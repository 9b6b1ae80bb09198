"""The office in the browser: pages, sign-in, and the signing of acts. Server-rendered."""

"""The same application on the workers of uvicorn itself."""

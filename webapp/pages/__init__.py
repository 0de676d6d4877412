"""The pages that place the frontend's elements."""

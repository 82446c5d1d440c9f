"""What people say of posts and issues, kept, obeyed and learned from."""

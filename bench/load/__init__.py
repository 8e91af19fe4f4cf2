"""The clients: raw non-blocking sockets and epoll in several processes, so that the tool is not the bottleneck."""

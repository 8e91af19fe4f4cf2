/* The limit: an epoll loop that writes the same bytes to the same number of sockets, and does nothing else.
 *
 * It speaks just enough HTTP to be asked as the other servers are: "GET /room" opens a stream, "POST /room" with
 * {"bytes": n} has an event of that size written to each stream of the room, in one write each. It prints its port
 * and serves until it is killed. bare.py does the same where there is no compiler.
 */
#define _GNU_SOURCE
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 4096, READY = 1024, REQUEST = 65536, ROOMS = 8, NAME = 64, NO_ROOM = -1, MOST_DESCRIPTORS = 1 << 20 };

static const char HELLO[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "14\r\nevent: hello\ndata:\n\n\r\n";

struct room {
    char name[NAME];
    long version;
    int *streams; /* descriptors */
    int count, space;
};

/* Of a descriptor: the room that it listens to, and where in the room's list it stands. */
struct place {
    int room, at;
};

static struct room rooms[ROOMS];
static struct place *places;

static int room_of(const char *request) {
    char name[NAME] = "";
    sscanf(request, "%*s %63s", name);
    for (int number = 0; number < ROOMS; number++) {
        if (!rooms[number].name[0])
            strcpy(rooms[number].name, name);
        if (!strcmp(rooms[number].name, name))
            return number;
    }
    errx(1, "more than %d rooms", ROOMS);
}

static void open_stream(int descriptor, int number) {
    struct room *room = &rooms[number];
    if (room->count == room->space) {
        room->space = room->space ? 2 * room->space : READY;
        if (!(room->streams = realloc(room->streams, room->space * sizeof *room->streams)))
            err(1, "realloc");
    }
    places[descriptor] = (struct place){number, room->count};
    room->streams[room->count++] = descriptor;
    if (write(descriptor, HELLO, sizeof HELLO - 1) < 0)
        warn("write");
}

static void end(int descriptor) {
    struct place place = places[descriptor];
    if (place.room != NO_ROOM) {
        struct room *room = &rooms[place.room];
        int last = room->streams[--room->count];
        room->streams[place.at] = last;
        places[last].at = place.at;
        places[descriptor].room = NO_ROOM;
    }
    close(descriptor);
}

/* The chunk that tells a version, in an event of so many bytes; returns its length. */
static int event_of(char *chunk, int space, long version, int bytes) {
    char data[256];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long long now_ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
    const char *event = "event: player\n"
                        "data: {\"version\": %ld, \"prev\": %ld, \"committed_at_ms\": %lld, \"padding\": \"";
    int head = snprintf(data, sizeof data, event, version, version - 1, now_ms);
    int padding = bytes - head - 4 > 0 ? bytes - head - 4 : 0; /* 4: what closes the data and the event */
    if (head + padding + 32 > space)
        errx(1, "an event of %d bytes is too large", bytes);
    int length = snprintf(chunk, space, "%x\r\n%s", head + padding + 4, data);
    memset(chunk + length, 'x', padding);
    length += padding;
    return length + snprintf(chunk + length, space - length, "\"}\n\n\r\n");
}

static void publish(int descriptor, char *request, int length) {
    static char chunk[REQUEST];
    char *body, told[256], answer[64];
    int bytes = 0;
    while (!(body = strstr(request, "\r\n\r\n")) || !strchr(body, '}')) { /* a client may send head and body apart */
        poll(&(struct pollfd){descriptor, POLLIN, 0}, 1, -1);
        int more = read(descriptor, request + length, REQUEST - 1 - length);
        if (more <= 0)
            return;
        request[length += more] = 0;
    }
    sscanf(body, " {\"bytes\": %d", &bytes);
    struct room *room = &rooms[room_of(request)];
    int size = snprintf(answer, sizeof answer, "{\"version\": %ld}", ++room->version);
    size = snprintf(told, sizeof told, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", size, answer);
    if (write(descriptor, told, size) < 0)
        warn("write");
    length = event_of(chunk, sizeof chunk, room->version, bytes);
    for (int n = 0; n < room->count; n++)
        if (write(room->streams[n], chunk, length) < 0)
            continue; /* broken: it shows when it is read */
}

static void serve(int descriptor) {
    static char request[REQUEST];
    int length = read(descriptor, request, REQUEST - 1);
    if (length <= 0) {
        end(descriptor);
        return;
    }
    request[length] = 0;
    if (!strncmp(request, "GET", 3))
        open_stream(descriptor, room_of(request));
    else
        publish(descriptor, request, length);
}

/* With the options of this project's own listening socket, but for the first probe of an idle peer: see bare.py. */
static int listening(void) {
    const int options[][2] = {
        {TCP_NODELAY, 1}, {TCP_USER_TIMEOUT, 20000}, {TCP_KEEPIDLE, 3600}, {TCP_KEEPINTVL, 5}, {TCP_KEEPCNT, 4}};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    for (size_t n = 0; n < sizeof options / sizeof *options; n++)
        setsockopt(listener, IPPROTO_TCP, options[n][0], &options[n][1], sizeof(int));
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, BACKLOG))
        err(1, "listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void watch(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event))
        err(1, "epoll_ctl");
}

int main(void) {
    struct rlimit limit;
    struct epoll_event ready[READY];
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max = limit.rlim_max < MOST_DESCRIPTORS ? limit.rlim_max : MOST_DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
    signal(SIGPIPE, SIG_IGN);
    if (!(places = calloc(limit.rlim_max, sizeof *places))) /* pages that are never touched cost nothing */
        err(1, "calloc");
    int listener = listening(), poller = epoll_create1(0);
    watch(poller, listener);
    for (;;) {
        int count = epoll_wait(poller, ready, READY, -1);
        for (int n = 0; n < count; n++) {
            if (ready[n].data.fd != listener) {
                serve(ready[n].data.fd);
                continue;
            }
            int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (descriptor < 0)
                continue;
            places[descriptor].room = NO_ROOM;
            watch(poller, descriptor);
        }
    }
}

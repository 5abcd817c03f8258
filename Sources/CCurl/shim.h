#ifndef WEIR_CCURL_SHIM_H
#define WEIR_CCURL_SHIM_H

// The checks are macros over the variadic functions; the functions below are typed already.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

// Swift imports neither variadic functions nor the macros around them: one function here for each type of argument.

static inline CURLcode weir_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode weir_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl copies the string; NULL sets the option back.
static inline CURLcode weir_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

// What `value` points to must outlive its use by the handle.
static inline CURLcode weir_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

// The list must outlive its use by the handle.
static inline CURLcode weir_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(easy, option, list);
}

static inline CURLcode weir_curl_set_header_function(CURL *easy, curl_write_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
}

static inline CURLcode weir_curl_set_write_function(CURL *easy, curl_write_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
}

static inline CURLcode weir_curl_set_read_function(CURL *easy, curl_read_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_READDATA, context);
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, function);
}

static inline CURLcode weir_curl_set_seek_function(CURL *easy, curl_seek_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, context);
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
}

static inline CURLcode weir_curl_set_prereq_function(CURL *easy, curl_prereq_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}

// Tells of what happens to the transfer, line by line.
static inline CURLcode weir_curl_set_debug_function(CURL *easy, curl_debug_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, context);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, function);
    return curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}

static inline CURLcode weir_curl_set_open_function(CURL *easy, curl_opensocket_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}

static inline CURLcode weir_curl_set_close_function(CURL *easy, curl_closesocket_callback function, void *context) {
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, function);
}

static inline CURLcode weir_curl_set_share(CURL *easy, CURLSH *share) {
    return curl_easy_setopt(easy, CURLOPT_SHARE, share);
}

/// Connections that the last transfer opened; -1 where libcurl does not say.
static inline long weir_curl_connections_made(CURL *easy) {
    long count = -1;
    return curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &count) == CURLE_OK ? count : -1;
}

static inline CURLMcode weir_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLSHcode weir_curl_share_data(CURLSH *share, curl_lock_data data) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

// A finished transfer's result, out of the union of its message.
static inline CURLcode weir_curl_result(const CURLMsg *message) {
    return message->data.result;
}

// A socket for this address that no child process inherits, or CURL_SOCKET_BAD.
static inline curl_socket_t weir_curl_open_socket(const struct curl_sockaddr *address) {
    curl_socket_t descriptor = socket(address->family, address->socktype, address->protocol);
    if (descriptor == CURL_SOCKET_BAD) return CURL_SOCKET_BAD;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

static inline int weir_curl_close_socket(curl_socket_t descriptor) {
    return close(descriptor);
}

static inline void weir_rest(int milliseconds) {
    poll(NULL, 0, milliseconds);
}

// Keeps writes to closed connections on the calling thread from ending the process: with CURLOPT_NOSIGNAL libcurl
// leaves that to its user, and OpenSSL writes without MSG_NOSIGNAL.
static inline int weir_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return pthread_sigmask(SIG_BLOCK, &set, NULL);
}

#endif

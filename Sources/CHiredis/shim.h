#ifndef WEIR_CHIREDIS_SHIM_H
#define WEIR_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

/// Who hears of the parts of replies, in their order. Each function says whether to go on; 0 is an error of the reader's.
/// The functions that hiredis itself calls differ between its versions; these do not.
typedef struct weir_reply_sink {
    void *owner;
    /// `kind`: REDIS_REPLY_STRING, REDIS_REPLY_STATUS or REDIS_REPLY_ERROR. The bytes are there for the call alone.
    int (*text)(void *owner, int kind, const char *bytes, size_t count);
    int (*integer)(void *owner, long long value);
    int (*nothing)(void *owner);
    /// So many replies follow that belong to it.
    int (*array)(void *owner, size_t count);
} weir_reply_sink;

/// What hiredis takes for the object made: never looked into, and not NULL, which would be an error.
static inline void *weir_reply_object(const redisReadTask *task, int goesOn) {
    return goesOn ? task->privdata : NULL;
}

static inline void *weir_reply_string(const redisReadTask *task, char *bytes, size_t count) {
    const weir_reply_sink *sink = task->privdata;
    int isKnown = task->type == REDIS_REPLY_STRING || task->type == REDIS_REPLY_STATUS || task->type == REDIS_REPLY_ERROR;
    return weir_reply_object(task, isKnown && sink->text(sink->owner, task->type, bytes, count));
}

static inline void *weir_reply_integer(const redisReadTask *task, long long value) {
    const weir_reply_sink *sink = task->privdata;
    return weir_reply_object(task, sink->integer(sink->owner, value));
}

static inline void *weir_reply_nil(const redisReadTask *task) {
    const weir_reply_sink *sink = task->privdata;
    return weir_reply_object(task, sink->nothing(sink->owner));
}

static inline void weir_reply_free(void *object) { (void)object; }

#if HIREDIS_MAJOR < 1
static inline void *weir_reply_array(const redisReadTask *task, int count) {
#else
/// What RESP2 does not have: refused.
static inline void *weir_reply_double(const redisReadTask *task, double value, char *bytes, size_t count) {
    (void)task, (void)value, (void)bytes, (void)count;
    return NULL;
}

static inline void *weir_reply_bool(const redisReadTask *task, int value) {
    (void)task, (void)value;
    return NULL;
}

static inline void *weir_reply_array(const redisReadTask *task, size_t count) {
#endif
    const weir_reply_sink *sink = task->privdata;
    int isKnown = task->type == REDIS_REPLY_ARRAY;
    return weir_reply_object(task, isKnown && sink->array(sink->owner, (size_t)count));
}

/// hiredis' reader, which tells `sink`; NULL without memory.
static inline redisReader *weir_reader_new(weir_reply_sink sink) {
    static redisReplyObjectFunctions functions = {
        .createString = weir_reply_string,
        .createArray = weir_reply_array,
        .createInteger = weir_reply_integer,
#if HIREDIS_MAJOR >= 1
        .createDouble = weir_reply_double,
        .createBool = weir_reply_bool,
#endif
        .createNil = weir_reply_nil,
        .freeObject = weir_reply_free,
    };
    weir_reply_sink *kept = malloc(sizeof(*kept));
    redisReader *reader = kept ? redisReaderCreateWithFunctions(&functions) : NULL;
    if (!reader) {
        free(kept);
        return NULL;
    }
    *kept = sink;
    reader->privdata = kept;
    return reader;
}

static inline void weir_reader_free(redisReader *reader) {
    void *sink = reader->privdata;
    redisReaderFree(reader);
    free(sink);
}

/// Bytes fed that belong to no whole reply yet.
static inline size_t weir_reader_unread(const redisReader *reader) { return reader->len - reader->pos; }

/// Whether a line's end is among the first `count` of the bytes that are not read yet.
static inline int weir_reader_has_line(const redisReader *reader, size_t count) {
    size_t unread = weir_reader_unread(reader);
    if (unread == 0) return 0;
    return memchr(reader->buf + reader->pos, '\n', unread < count ? unread : count) != NULL;
}

#endif

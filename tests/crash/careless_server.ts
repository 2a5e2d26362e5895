/**
 * A server that breaks its promise on purpose: it acks what it has not stored yet. It shows that the
 * harness beside it would see that.
 */

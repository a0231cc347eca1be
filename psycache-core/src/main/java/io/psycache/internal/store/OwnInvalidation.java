package io.psycache.internal.store;

/**
 * The row of the log that a put has inserted itself.
 *
 * @param xid the transaction that inserted it
 * @param logId the {@code id} of the row
 */
public record OwnInvalidation(String xid, long logId) {}

package io.teex.protocol;

/** What a batch credits to one account, all its earnings together. */
public record Credit(Address account, Amount amount) {}

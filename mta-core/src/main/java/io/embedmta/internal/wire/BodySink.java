package io.embedmta.internal.wire;

/** Takes the octets of a message. Never throws: what fails is remembered until the message ends. */
@FunctionalInterface
public interface BodySink {

    /** Takes octets; the array is the caller's again on return. */
    void write(byte[] octets, int offset, int length);
}

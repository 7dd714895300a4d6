package io.uartnio.contract;

/**
 * What an implementation does not give, or gives otherwise on purpose. A test that meets one asserts what is done
 * instead, so that the list can neither grow nor shrink unseen. {@code docs/deviations.md} names the missing commands.
 */
public enum Deviation {
    /** {@code shutdownOutput} tells the peer nothing until the close. */
    NO_HALF_CLOSE,
    /** Once the peer has ended its stream, writes are refused too. */
    NO_HALF_CLOSE_BY_PEER,
    /** A connection that the peer has reset ends like one that it has closed. */
    NO_SIGHT_OF_RESET,
    /** {@code SO_LINGER} 0 does not turn a close into a reset. */
    NO_RESET_ON_CLOSE,
    /** No local address of the caller's choice can be bound to. */
    NO_CHOICE_OF_LOCAL_ADDRESS,
    /** A local address can be bound to, but a port chosen by that is told only when the channel is connected. */
    LOCAL_PORT_AFTER_CONNECT,
    /** An unresolved address is connected to instead of refused. */
    NAMES_ARE_RESOLVED_BY_THE_FAR_SIDE,
    /** The wildcard address is refused instead of taken for the loopback. */
    NO_WILDCARD_DESTINATION,
    /** Urgent data is refused. */
    NO_URGENT_DATA,
    /** A channel that nobody has connected is ready for nothing. */
    UNCONNECTED_IS_NOT_READY,
    /** A refused connect is told in words of its own. */
    OWN_WORDS_FOR_FAILURES
}

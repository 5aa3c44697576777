package io.vestibule.gateway.http;

import io.vestibule.gateway.admission.Admissions;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.drain.NodeDrain;
import io.vestibule.gateway.limit.AddressLimits;
import io.vestibule.gateway.limit.ClientAddress;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What waiting over HTTP needs; all of it the node's.
 *
 * @param nodeId this node, which holds those who wait without a socket
 * @param nowUs microseconds of the clock of {@code limits}
 * @param maxSessionState bytes that a session may remember
 * @param answerWithin so long an answer takes at the most, without the time in which the client sends its request
 * @param openWhenUnavailable whether people are let in, without slot and session, while nobody leads the queue
 */
public record WaitingServices(
    String nodeId,
    Admissions admissions,
    ResumeTokens tokens,
    NodeDrain drain,
    AddressLimits limits,
    ClientAddress addresses,
    LongSupplier nowUs,
    long maxSessionState,
    Duration answerWithin,
    boolean openWhenUnavailable) {}

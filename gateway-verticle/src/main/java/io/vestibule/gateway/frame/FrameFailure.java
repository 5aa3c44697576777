package io.vestibule.gateway.frame;

import io.vestibule.contract.error.Failure;

/**
 * Why a frame was refused, with what is known of it, so that its {@code error} finds the sender's request. Carries no stack trace.
 */
public final class FrameFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;
  private final String id;
  private final String topic;
  private final String messageId;

  /** A refusal; everything but the failure may be null. */
  public FrameFailure(Failure failure, String id, String topic, String messageId) {
    super(failure.getMessage(), null, false, false);
    this.failure = failure;
    this.id = id;
    this.topic = topic;
    this.messageId = messageId;
  }

  public Failure failure() {
    return failure;
  }

  /** The frame's {@code id} as JSON text, or null. */
  public String id() {
    return id;
  }

  public String topic() {
    return topic;
  }

  public String messageId() {
    return messageId;
  }
}

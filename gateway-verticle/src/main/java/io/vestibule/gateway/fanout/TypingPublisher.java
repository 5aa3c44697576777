package io.vestibule.gateway.fanout;

import io.vestibule.cluster.Bus;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.TypingNotice;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.typing.core.Typists.Typist;

/** Tells every gateway instance who is typing: encodes the frame once. One for each event loop. */
public final class TypingPublisher {
  private final FrameEncoder encoder;
  private final Bus bus;

  public TypingPublisher(FrameEncoder encoder, Bus bus) {
    this.encoder = encoder;
    this.bus = bus;
  }

  /** Tells that somebody is typing, or has stopped. What one event loop tells of one connection arrives in the order of the calls. */
  public void tell(Typist typist, boolean typing) {
    bus.publish(Addresses.TYPING, new TypingNotice(typist.topic(), typist.userId(), typist.connectionId(), typing,
        encoder.encode(new ServerFrame.Typing(typist.topic(), typist.userId(), typing))), null);
  }
}

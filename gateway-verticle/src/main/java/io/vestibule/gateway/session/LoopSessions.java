package io.vestibule.gateway.session;

import io.vestibule.gateway.GatewayAdmissionConfig;
import io.vestibule.gateway.admission.Admissions;
import io.vestibule.gateway.admission.Gate;
import io.vestibule.gateway.admission.NodeNotices;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.limit.AddressStrikes;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.topic.Permissions;

/** Everything of one event loop that has to do with sessions, put together. */
public final class LoopSessions {
  private final Parts parts;
  private final SessionKeeper keeper;
  private final Welcome welcome;
  private final Entry entry;
  private final Admittance admittance;

  /**
   * What it is made of.
   *
   * @param gate the node's
   * @param gateway the node id
   * @param forgers addresses that brought tokens which nobody signed
   */
  public record Parts(Admissions admissions, Gate gate, GatewayAdmissionConfig config, String gateway, AddressStrikes forgers,
      Permissions permissions, Subscriptions subscriptions, LoopMemberships members, MemberTopics memberTopics, OwnTopics own, LoopPresence presence, LoopTails tails, ConnectionSettings settings, LoopClock clock, GatewayMeters meters) {}

  private LoopSessions(Parts parts) {
    this.parts = parts;
    GatewayAdmissionConfig config = parts.config;
    ResumeTokens tokens = ResumeTokens.of(config);
    this.keeper = new SessionKeeper(parts.admissions, new SessionMemory(parts.permissions, config.maxSessionState()), parts.gateway, parts.meters.jobs());
    Restoration restoration = new Restoration(parts.subscriptions, parts.permissions, parts.presence, parts.tails);
    this.welcome = new Welcome(tokens, restoration, parts.own, parts.settings, parts.clock, config.sessionTtl().toMillis());
    this.entry = new Entry(restoration, parts.members, parts.memberTopics, parts.own, keeper, welcome, parts.settings, parts.clock, parts.meters);
    this.admittance = new Admittance(parts.admissions, parts.gate, tokens, parts.forgers, config.openWhenUnavailable(), keeper, entry, welcome, parts.clock, parts.meters);
  }

  /** The sessions of an event loop. */
  public static LoopSessions of(Parts parts) {
    return new LoopSessions(parts);
  }

  /** Asks who somebody is, before it lets in. */
  public Authentication authentication(TokenVerifier verifier) {
    return new Authentication(verifier, admittance, keeper, parts.subscriptions, parts.presence, parts.clock, parts.meters);
  }

  /**
   * What happens to frames.
   *
   * @param node the name of this node, which {@code health} tells
   */
  public FrameHandler frames(FrameDecoder decoder, Authentication authentication, ClientPublishing publishing, String node) {
    return new FrameHandler(decoder, parts.settings, parts.clock, parts.meters, authentication, admittance, new ClientSubscribing(parts.subscriptions, parts.memberTopics, parts.members), publishing,
        new PresenceFrames(parts.presence, keeper, parts.settings, parts.clock, parts.meters.limits()), parts.own, parts.members, node);
  }

  /** What coordinators are told, unasked. */
  public SessionKeeper keeper() {
    return keeper;
  }

  /** What coordinators tell, unasked. */
  public NodeNotices.Loop notices(ConnectionLoop connections) {
    return new LoopNotices(connections, parts.subscriptions, keeper, admittance, entry, welcome);
  }
}

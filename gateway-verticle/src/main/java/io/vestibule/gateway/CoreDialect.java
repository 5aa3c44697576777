package io.vestibule.gateway;

import io.vertx.core.Context;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.fanout.FanOut;
import io.vestibule.gateway.fanout.FanPublisher;
import io.vestibule.gateway.fanout.Publisher;
import io.vestibule.gateway.fanout.TopicPublisher;
import io.vestibule.gateway.fanout.TypingFan;
import io.vestibule.gateway.fanout.TypingPublisher;
import io.vestibule.gateway.feed.EventFeed;
import io.vestibule.gateway.feed.MessageFeed;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.LogPublisher;
import io.vestibule.gateway.log.LoopCursors;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.session.Authentication;
import io.vestibule.gateway.session.ClientHistory;
import io.vestibule.gateway.session.ClientPublishing;
import io.vestibule.gateway.session.ClientTyping;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.ConnectionLoop;
import io.vestibule.gateway.session.ConnectionSettings;
import io.vestibule.gateway.session.Conversations;
import io.vestibule.gateway.session.FeedPace;
import io.vestibule.gateway.session.FrameHandler;
import io.vestibule.gateway.session.Guests;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.session.LoopCommands;
import io.vestibule.gateway.session.LoopMemberships;
import io.vestibule.gateway.session.LoopPresence;
import io.vestibule.gateway.session.LoopReceipts;
import io.vestibule.gateway.session.LoopSessions;
import io.vestibule.gateway.session.MemberTopics;
import io.vestibule.gateway.session.OwnTopics;
import io.vestibule.gateway.session.Subscriptions;
import io.vestibule.gateway.topic.SubscriptionTrie;

/**
 * The core of one event loop, put together: everything that connections of any dialect stand on.
 *
 * @param connections the sockets
 * @param subscriptions what they hear
 * @param authentication of sockets that bring a token with their request
 * @param publisher brings messages to the cluster
 * @param tails brings messages to the sockets
 * @param cursors how far they are
 * @param typing who of them is typing
 * @param typingFan tells them who of all is
 * @param commands what servers may do to the sockets
 * @param sessions what the sockets have to come back to
 * @param presence who is where
 * @param members what is known of who is a member of what
 * @param receipts how far those are
 * @param memberTopics brings it to them
 * @param guests whom nobody asks who they are
 * @param pace of feeds that begin with many topics
 * @param context the event loop
 */
record CoreDialect(
    ConnectionLoop connections, Subscriptions subscriptions, Authentication authentication, Publisher publisher, LoopTails tails, LoopCursors cursors, ClientTyping typing, TypingFan typingFan, LoopCommands commands,
    LoopSessions sessions, LoopPresence presence, LoopMemberships members, LoopReceipts receipts, MemberTopics memberTopics, Guests guests, FeedPace pace, Context context) {

  static CoreDialect of(GatewayNode node, TokenVerifier verifier, LoopClock clock, Context context) {
    GatewayConfig.Sockets config = node.config.gateway();
    ConnectionSettings settings = ConnectionSettings.of(node.config);
    SubscriptionTrie<Connection> trie = new SubscriptionTrie<>();
    FrameEncoder encoder = new FrameEncoder(clock.epochMs());
    ClientTyping typing = new ClientTyping(new TypingPublisher(encoder, node.environment.bus()), node.permissions, node.meters.limits(), clock.monotonicMs());
    LoopPresence presence = new LoopPresence(node.presence, context, node.permissions, settings, clock);
    FanOut fanOut = new FanOut(trie, node.permissions, node.meters);
    LoopTails tails = new LoopTails(context, node.recent, node.environment.durable().acknowledged(), node.permissions.rules(), fanOut, encoder, clock);
    Subscriptions subscriptions = new Subscriptions(trie, node.permissions, presence, typing, tails, node.moved, context.owner(), node.meters, settings.maxSubscriptions());
    Publisher publisher = new TopicPublisher(node.permissions.rules(), new FanPublisher(encoder, node.environment.bus(), node.meters),
        new LogPublisher(context.owner(), node.environment.durable(), encoder, node.environment.bus(), node.permissions.rules(), clock, node.meters));
    LoopCursors cursors = new LoopCursors(node.environment.durable().log(), clock, node.cursorMeters);
    LoopMemberships members = new LoopMemberships(node.memberships, node.permissions, subscriptions, clock, node.meters.limits());
    LoopReceipts receipts = new LoopReceipts(node.environment.bus(), node.memberships, trie, clock);
    cursors.onWritten(receipts::written);
    MemberTopics memberTopics = new MemberTopics(context.owner(), subscriptions, members, tails, cursors, node.permissions, receipts);
    OwnTopics own = new OwnTopics(context.owner(), subscriptions, tails, cursors, node.permissions.rules(), memberTopics);
    LoopSessions sessions = LoopSessions.of(new LoopSessions.Parts(node.admissions, node.gate, node.environment.admission(),
        node.environment.membership().self().id(), node.forgers, node.permissions, subscriptions, members, memberTopics, own, presence, tails, settings, clock, node.meters));
    Authentication authentication = sessions.authentication(verifier);
    FrameHandler frames = sessions.frames(new FrameDecoder(config.limits().maxDepth()), authentication, new ClientPublishing(publisher, node.permissions, typing,
        new ClientHistory(node.history, node.permissions)),
        node.environment.membership().self().name());
    ConnectionLoop connections = new ConnectionLoop(settings, clock, node.meters, subscriptions, frames, sessions.keeper(),
        gone -> node.counts.release(gone.remote()));
    FeedPace pace = new FeedPace(context, clock);
    Guests guests = new Guests(connections, subscriptions, tails, pace);
    return new CoreDialect(connections, subscriptions, authentication, publisher, tails, cursors, typing, new TypingFan(fanOut, encoder, clock.monotonicMs(), ConnectionLoop.TICK_MS),
        new LoopCommands(connections, subscriptions, guests, sessions.keeper()), sessions, presence, members, receipts, memberTopics, guests, pace, context);
  }

  /** {@code /events/subscribe} over this core. */
  EventFeed events(GatewayNode node) {
    GatewayConfig.Sockets config = node.config.gateway();
    return new EventFeed(guests, node.permissions, node.drain, node.meters::refused, node.feeds.events(), config.feeds().events().connections(),
        config.limits().subscriptionsPerConnection());
  }

  /** {@code /messages/subscribe} over this core. */
  MessageFeed messages(GatewayNode node) {
    Conversations conversations = new Conversations(context, members, node.memberships, memberTopics, pace, subscriptions, presence, node.permissions, MessageFeed::isConversation);
    return new MessageFeed(connections, authentication, conversations, node.feeds.messages(), node.config.gateway().limits().maxDepth());
  }
}

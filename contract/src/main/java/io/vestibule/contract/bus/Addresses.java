package io.vestibule.contract.bus;

import io.vestibule.contract.admission.AdmissionAnswers;
import io.vestibule.contract.admission.AdmissionBatch;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.admission.QueueReport;
import io.vestibule.contract.admission.QueueSettings;
import io.vestibule.contract.admission.SeatOrder;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.admission.SlotRenewal;
import io.vestibule.contract.admission.SlotsRenewed;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.FeedQuery;
import io.vestibule.contract.message.FeedReport;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayOutcome;
import io.vestibule.contract.message.HealthQuery;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.contract.message.ReceiptNotice;
import io.vestibule.contract.message.TypingNotice;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceSaid;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.ReturnNotice;
import java.util.List;

/** Every address of the bus, in one place. Nothing else in the code base spells an address. */
public final class Addresses {
  /** A message on its way to subscribers: consumed by every gateway instance of the cluster. */
  public static final Broadcast<FanMessage> FAN = new Broadcast<>("vestibule.fan.v1", FanMessage.CODEC);

  /** That somebody is typing, or has stopped: heard by every gateway instance of the cluster. */
  public static final Broadcast<TypingNotice> TYPING = new Broadcast<>("vestibule.typing.v1", TypingNotice.CODEC);

  /** Who has become a member of a topic, or is none any more: heard by every gateway node of the cluster. */
  public static final Broadcast<MembershipNotice> MEMBERS = new Broadcast<>("vestibule.members.v1", MembershipNotice.CODEC);

  /** How far members of a topic are: heard by every gateway instance of the cluster. */
  public static final Broadcast<ReceiptNotice> RECEIPTS = new Broadcast<>("vestibule.receipts.v1", ReceiptNotice.CODEC);

  /** What one gateway node is told to do with its own connections; use {@link Address#at}. */
  public static final Address<GatewayCommand, GatewayOutcome> GATEWAY_COMMAND =
      new Address<>("vestibule.gateway.command.v1", GatewayCommand.CODEC, GatewayOutcome.CODEC);

  /** What a gateway asks of the coordinator of a queue, in batches; use {@link Address#at} the node that leads the queue. */
  public static final Address<AdmissionBatch, AdmissionAnswers> ADMISSION =
      new Address<>("vestibule.admission.v1", AdmissionBatch.CODEC, AdmissionAnswers.CODEC);

  /** What a coordinator tells a gateway of its connections; use {@link Address#at}. */
  public static final Address<AdmissionNotices, AdmissionSeen> ADMISSION_NOTICE =
      new Address<>("vestibule.admission.notice.v1", AdmissionNotices.CODEC, AdmissionSeen.CODEC);

  /** Which sockets a gateway holds, asked by a coordinator; use {@link Address#at}. */
  public static final Address<SocketQuestion, SocketReport> ADMISSION_SOCKETS =
      new Address<>("vestibule.admission.sockets.v1", SocketQuestion.CODEC, SocketReport.CODEC);

  /** Whether the slots of a gateway's sockets count, asked of a coordinator node; use {@link Address#at}. */
  public static final Address<SlotRenewal, SlotsRenewed> ADMISSION_RENEWAL =
      new Address<>("vestibule.admission.renewal.v1", SlotRenewal.CODEC, SlotsRenewed.CODEC);

  /** What an operator asks of a coordinator node; use {@link Address#at} each node with the role. */
  public static final Address<QueueOrder, QueueReport> ADMISSION_ORDER =
      new Address<>("vestibule.admission.order.v1", QueueOrder.CODEC, QueueReport.CODEC);

  /** Where the coordinator of one queue needs the room of a user's session in another; use {@link Address#at} the node that leads the other. */
  public static final Address<SeatOrder, SeatReport> ADMISSION_SEAT = new Address<>("vestibule.admission.seat.v1", SeatOrder.CODEC, SeatReport.CODEC);

  /** What each coordinator node is configured with, said now and then: heard by all of them. */
  public static final Broadcast<QueueSettings> ADMISSION_SETTINGS = new Broadcast<>("vestibule.admission.settings.v1", QueueSettings.CODEC);

  /** How each gateway node is, said once a second: heard by every coordinator. */
  public static final Broadcast<GatewayLoad> GATEWAY_LOAD = new Broadcast<>("vestibule.gateway.load.v1", GatewayLoad.CODEC);

  /** What a gateway states of its connections' presence; use {@link Address#at} the node that owns the shards. */
  public static final Address<PresenceStatements, PresenceAnswers> PRESENCE_STATEMENTS =
      new Address<>("vestibule.presence.statements.v1", PresenceStatements.CODEC, PresenceAnswers.CODEC);

  /** What a gateway is told of the topics that it watches; use {@link Address#at} the gateway. */
  public static final Address<PresenceNews, PresenceAnswers> PRESENCE_NEWS = new Address<>("vestibule.presence.news.v1", PresenceNews.CODEC, PresenceAnswers.CODEC);

  /** What the owner of shards has said of users, for the other nodes with the role; use {@link Address#at}. */
  public static final Address<PresenceSaid, PresenceAnswers> PRESENCE_SAID = new Address<>("vestibule.presence.said.v1", PresenceSaid.CODEC, PresenceAnswers.CODEC);

  /** Who is in some topics; use {@link Address#at} the node that owns their shards. */
  public static final Address<PresenceQuestion, PresenceFound> PRESENCE_QUESTION =
      new Address<>("vestibule.presence.question.v1", PresenceQuestion.CODEC, PresenceFound.CODEC);

  /** That a user has come back to his session: heard by every gateway instance of the cluster. */
  public static final Broadcast<ReturnNotice> PRESENCE_RETURNED = new Broadcast<>("vestibule.presence.returned.v1", ReturnNotice.CODEC);

  /** How the feeds of a gateway node are; use {@link Address#at} the gateway. */
  public static final Address<FeedQuery, FeedReport> FEEDS = new Address<>("vestibule.gateway.feeds.v1", FeedQuery.CODEC, FeedReport.CODEC);

  private static final Address<HealthQuery, HealthReport> HEALTH =
      new Address<>("vestibule.health.v1", HealthQuery.CODEC, HealthReport.CODEC);

  /** Publishes one message: the bus side of {@code POST /api/publish}. */
  public static final JsonAddress PUBLISH = new JsonAddress("vestibule.publish");

  /** Publishes one message to many topics. */
  public static final JsonAddress BROADCAST = new JsonAddress("vestibule.broadcast");

  /** Closes a user's connections, or one connection. */
  public static final JsonAddress DISCONNECT = new JsonAddress("vestibule.disconnect");

  /** Subscribes a user's connections, or one connection. */
  public static final JsonAddress SUBSCRIBE = new JsonAddress("vestibule.subscribe");

  /** Ends a subscription of a user's connections, or of one connection. */
  public static final JsonAddress UNSUBSCRIBE = new JsonAddress("vestibule.unsubscribe");

  /** Gives a session attributes of the application's own, which it keeps over a reconnection. */
  public static final JsonAddress SESSION_SET = new JsonAddress("vestibule.session.set");

  /** Who is in a topic, how many are in many topics, or which of many users are online. */
  public static final JsonAddress PRESENCE_GET = new JsonAddress("vestibule.presence.get");

  /** What is kept of a durable topic. */
  public static final JsonAddress HISTORY = new JsonAddress("vestibule.history");

  /** How a feed is. */
  public static final JsonAddress STATS = new JsonAddress("vestibule.stats");
  /** Makes users members of a topic. */
  public static final JsonAddress MEMBERS_ADD = new JsonAddress("vestibule.members.add");

  /** Makes users members of a topic no more. */
  public static final JsonAddress MEMBERS_REMOVE = new JsonAddress("vestibule.members.remove");

  /** The members of a topic, or the topics that a user is a member of. */
  public static final JsonAddress MEMBERS_GET = new JsonAddress("vestibule.members.get");

  /** Several of these calls in one message. */
  public static final JsonAddress BATCH = new JsonAddress("vestibule.batch");

  /** Published when a user comes online or goes offline: {@code {userId, online, at, lastSeen?}}, times in Unix milliseconds. Nobody answers it. */
  public static final JsonAddress PRESENCE_CHANGED = new JsonAddress("vestibule.presence.changed");

  private Addresses() {}

  /** Asks the verticle of one role on one node how it is. */
  public static Address<HealthQuery, HealthReport> health(String role, String nodeId) {
    return new Address<>(HEALTH.name() + "." + role, HEALTH.request(), HEALTH.reply()).at(nodeId);
  }

  /** Codecs that each node registers before it uses the bus. */
  public static List<RecordCodec<?>> codecs() {
    return List.of(FanMessage.CODEC, TypingNotice.CODEC, GatewayCommand.CODEC, GatewayOutcome.CODEC, HealthQuery.CODEC, HealthReport.CODEC,
        FeedQuery.CODEC, FeedReport.CODEC,
        AdmissionBatch.CODEC, AdmissionAnswers.CODEC, AdmissionNotices.CODEC, AdmissionSeen.CODEC, SocketQuestion.CODEC, SocketReport.CODEC,
        SlotRenewal.CODEC, SlotsRenewed.CODEC, QueueOrder.CODEC, QueueReport.CODEC, SeatOrder.CODEC, SeatReport.CODEC, QueueSettings.CODEC, GatewayLoad.CODEC,
        PresenceStatements.CODEC, PresenceNews.CODEC, PresenceAnswers.CODEC, PresenceQuestion.CODEC, PresenceFound.CODEC, PresenceSaid.CODEC,
        ReturnNotice.CODEC, MembershipNotice.CODEC, ReceiptNotice.CODEC);
  }
}

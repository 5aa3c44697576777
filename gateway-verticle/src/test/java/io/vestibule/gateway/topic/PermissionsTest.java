package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.auth.Claims;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsTest {
  /** The rules that are shipped, and one topic for servers. */
  private final Permissions permissions = new Permissions(TopicRules.of(List.of(
      TopicRulesTest.rule("user.**", "owner", "servers"),
      TopicRulesTest.rule("public.**", "anyone", "servers"),
      TopicRulesTest.rule("ops.**", "servers", "servers"),
      TopicRulesTest.rule("closed.**", "nobody", "authenticated"),
      TopicRulesTest.rule("vestibule.**", "nobody", "nobody"),
      TopicRulesTest.rule("**", "authenticated", "authenticated"))));

  private final Principal alice = user("alice", null, null);
  private final Principal narrow = user("narrow", List.of("chat.*", "news"), List.of("chat.one", "vestibule.**", "user.**", "public.**"));
  private final Principal server = Principal.ofServer();
  private final Principal anonymous = Principal.anonymous();

  private static Principal user(String id, List<String> subscribe, List<String> publish) {
    return Principal.of(new Claims(id, 0, subscribe, publish, Set.of(), null, null, null, false));
  }

  @Test
  void audiences() {
    assertReceives(alice, "chat.one", "public.x", "user.alice", "user.alice.inbox");
    assertReceivesNot(alice, "user.bob", "user", "user.alicex", "ops.x", "closed.x", "vestibule.x", "vestibule");
    assertReceives(anonymous, "public.x");
    assertReceivesNot(anonymous, "chat.one", "user.alice", "user", "ops.x", "vestibule.x");
    assertReceives(server, "chat.one", "public.x", "ops.x");
    assertReceivesNot(server, "user.alice", "closed.x", "vestibule.x");
  }

  @Test
  void membersAndServersAndNobodyElse() {
    Permissions ofMembers = new Permissions(TopicRules.of(List.of(TopicRulesTest.rule("talk.*", "members", "members"), TopicRulesTest.rule("news.*", "authenticated", "members"))),
        (userId, topic) -> "alice".equals(userId) && Set.of("talk.a", "news.a").contains(topic));
    assertThat(ofMembers.maySubscribe(alice, "talk.a")).isTrue();
    assertThat(ofMembers.mayPublish(alice, "talk.a")).isTrue();
    assertThat(ofMembers.maySubscribe(alice, "talk.b")).isFalse();
    assertThat(ofMembers.mayPublish(alice, "talk.b")).isFalse();
    assertThat(ofMembers.mayPublish(alice, "news.b")).isFalse();
    assertThat(ofMembers.maySubscribe(alice, "news.b")).isTrue();
    assertThat(ofMembers.maySubscribe(narrow, "talk.a")).isFalse();
    assertThat(ofMembers.maySubscribe(anonymous, "talk.a")).isFalse();
    assertThat(ofMembers.maySubscribe(anonymous, TopicPattern.parse("talk.*"))).isFalse();
    assertThat(ofMembers.maySubscribe(alice, TopicPattern.parse("talk.*"))).as("he may become one").isTrue();
    assertThat(ofMembers.maySubscribe(server, "talk.a")).isTrue();
    assertThat(ofMembers.mayPublish(server, "talk.b")).isTrue();
    assertThat(ofMembers.needsMembers("talk.b")).isTrue();
    assertThat(ofMembers.needsMembers("other.b")).isFalse();
    assertThat(ofMembers.needsMembers(TopicPattern.parse("**.b"))).isTrue();
    assertThat(ofMembers.needsMembers(TopicPattern.parse("other.*"))).isFalse();
    assertThat(permissions.needsMembers(TopicPattern.parse("**"))).isFalse();
  }

  @Test
  void publishing() {
    assertPublishes(alice, "chat.one", "closed.x");
    assertPublishesNot(alice, "public.x", "user.alice", "user.bob", "ops.x", "vestibule.x", "vestibule");
    assertPublishesNot(anonymous, "chat.one", "public.x");
    assertPublishes(server, "chat.one", "public.x", "user.alice", "ops.x", "anything");
    assertPublishesNot(server, "vestibule.x", "vestibule", "vestibule.a.b");
  }

  @Test
  void capabilitiesNarrowAndNeverWiden() {
    assertReceives(narrow, "chat.one", "news", "user.narrow");
    assertReceivesNot(narrow, "chat.one.two", "other", "public.x", "user.narrow.inbox");
    assertPublishes(narrow, "chat.one");
    assertPublishesNot(narrow, "chat.two", "vestibule.x", "user.narrow", "public.x");
    assertReceivesNot(user("none", List.of(), null), "chat.one", "public.x");
    assertReceivesNot(user("wide", List.of("**"), null), "user.bob", "vestibule.x", "ops.x");
    assertPublishes(narrow.asServer(), "public.x", "user.bob");
    assertPublishesNot(narrow.asServer(), "chat.two", "vestibule.x");
  }

  @Test
  void aCapabilityThatIsNoPatternIsATokensFault() {
    assertThat(TopicNameTest.reason(() -> user("u", List.of("a..b"), null))).isEqualTo(ErrorReason.TOKEN_CLAIMS);
    assertThat(TopicNameTest.reason(() -> user("u", null, Collections.nCopies(1001, "a")))).isEqualTo(ErrorReason.TOKEN_CLAIMS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "*.b", "alice.*", "**", "*", "user.bob", "bob\ud83d\ude00", "~", "bob ", "../user/bob", "bob~2Eb"})
  void aStrangeUserIdOpensNobodyElsesTopic(String id) {
    Principal strange = user(id, null, null);
    for (String other : List.of("a", "b", "alice", "bob", "bob.b", "user.bob", "x".repeat(1000))) {
      if (!other.equals(id)) {
        assertReceivesNot(strange, UserTopic.of(other), UserTopic.of(other) + ".inbox");
      }
    }
    assertReceives(strange, strange.userTopic());
  }

  @Test
  void aUserIdOf1000CharactersOwnsItsTopicAndNoOther() {
    Principal longId = user("x".repeat(1000), null, null);
    assertReceives(longId, longId.userTopic());
    assertReceivesNot(longId, UserTopic.of("x".repeat(999)), UserTopic.of("x".repeat(250)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"**", "*.*", "*", "*.**", "**.*", "user.**", "user.*", "**.alice", "*.alice.**", "user.alice.**", "public.*", "chat.**",
      "**.x.**.y"})
  void patternsThatMayDeliverAreTaken(String pattern) {
    assertThatCode(() -> permissions.checkSubscribe(alice, TopicPattern.parse(pattern))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"vestibule.**", "vestibule.*", "user.bob.*", "user.bob.**", "ops.*", "ops.**", "closed.*.x", "ops.**.x"})
  void patternsThatCannotDeliverAreRefused(String pattern) {
    assertForbidden(alice, pattern);
  }

  @Test
  void patternsAreJudgedByCapabilitiesToo() {
    assertForbidden(narrow, "other.*");
    assertForbidden(narrow, "chat.*.*");
    assertForbidden(user("none", List.of(), null), "chat.*");
    for (String pattern : List.of("**", "chat.**", "*.one", "user.*")) {
      assertThatCode(() -> permissions.checkSubscribe(narrow, TopicPattern.parse(pattern))).doesNotThrowAnyException();
    }
  }

  @Test
  void theAnonymousSubscribeToPublicPatternsOnly() {
    for (String pattern : List.of("public.**", "public.*.x", "**")) {
      assertThatCode(() -> permissions.checkSubscribe(anonymous, TopicPattern.parse(pattern))).doesNotThrowAnyException();
    }
    for (String pattern : List.of("chat.*", "user.**", "user.*", "vestibule.**", "chat.one")) {
      assertForbidden(anonymous, pattern);
    }
  }

  @Test
  void anEavesdropperHearsWhatItMayAndNothingElse() {
    Principal eve = user("eve", null, null);
    var trie = new SubscriptionTrie<Principal>();
    for (String pattern : List.of("**", "*.*", "*", "*.**", "**.*.**", "*.*.*", "user.**", "user.*", "**.inbox", "**.**")) {
      permissions.checkSubscribe(eve, TopicPattern.parse(pattern));
      trie.add(TopicPattern.parse(pattern), eve);
      trie.add(TopicPattern.parse(pattern), narrow);
    }
    for (String topic : List.of("user", "user.alice", "user.alice.inbox", "vestibule", "vestibule.nodes", "vestibule.a.b", "ops.alarm",
        "closed.x")) {
      assertThat(heard(trie, topic)).as(topic).isEmpty();
    }
    assertThat(heard(trie, "user.eve")).containsExactly("eve");
    assertThat(heard(trie, "chat.one")).containsExactlyInAnyOrder("eve", "narrow");
    assertThat(heard(trie, "other.one")).containsExactly("eve");
  }

  private Set<String> heard(SubscriptionTrie<Principal> trie, String topic) {
    TopicRule rule = permissions.rules().ruleFor(topic);
    var heard = new TreeSet<String>();
    trie.match(topic, new MatchVisitor<>() {
      @Override
      public void literal(Principal subscriber) {
        throw new AssertionError("nobody subscribed to a literal topic");
      }

      @Override
      public void pattern(Principal subscriber, String pattern) {
        if (permissions.mayReceive(subscriber, topic, rule)) {
          heard.add(subscriber.userId());
        }
      }
    });
    return heard;
  }

  private void assertForbidden(Principal principal, String pattern) {
    assertThat(TopicNameTest.reason(() -> permissions.checkSubscribe(principal, TopicPattern.parse(pattern))))
        .as(pattern).isEqualTo(ErrorReason.FORBIDDEN_SUBSCRIBE);
  }

  private void assertReceives(Principal principal, String... topics) {
    assertThat(topics).allMatch(t -> permissions.maySubscribe(principal, t));
  }

  private void assertReceivesNot(Principal principal, String... topics) {
    assertThat(topics).noneMatch(t -> permissions.maySubscribe(principal, t));
  }

  private void assertPublishes(Principal principal, String... topics) {
    assertThat(topics).allMatch(t -> permissions.mayPublish(principal, t));
  }

  private void assertPublishesNot(Principal principal, String... topics) {
    assertThat(topics).noneMatch(t -> permissions.mayPublish(principal, t));
  }
}

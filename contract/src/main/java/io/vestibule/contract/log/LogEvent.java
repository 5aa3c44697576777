package io.vestibule.contract.log;

/** The closed list of what is logged. The name is the message of the log line and never changes once released. */
public enum LogEvent {
  NODE_STARTING("node_starting"),
  NODE_READY("node_ready"),
  NODE_STOPPING("node_stopping"),
  NODE_STOPPED("node_stopped"),
  NODE_FAILED("node_failed"),
  DEVELOPMENT_MODE("development_mode"),
  CONFIG_WARNING("config_warning"),
  MEMBER_JOINED("member_joined"),
  MEMBER_LEFT("member_left"),
  SHARD_TAKEN("shard_taken"),
  SHARD_LOST("shard_lost"),
  CLUSTER_MERGED("cluster_merged"),
  VERTICLE_STARTED("verticle_started"),
  CONNECTION_OPENED("connection_opened"),
  CONNECTION_AUTHENTICATED("connection_authenticated"),
  CONNECTION_CLOSED("connection_closed"),
  CONNECTION_REFUSED("connection_refused"),
  CONNECTION_QUEUED("connection_queued"),
  AUTH_FAILED("auth_failed"),
  JOIN_REFUSED("join_refused"),
  SESSION_UNREADABLE("session_unreadable"),
  ADMISSION_UNTOLD("admission_untold"),
  KEYS_LOADED("keys_loaded"),
  KEYS_REFUSED("keys_refused"),
  KEYS_FETCH_FAILED("keys_fetch_failed"),
  RATE_LIMITED("rate_limited"),
  SLOW_CONSUMER("slow_consumer"),
  FRAME_REFUSED("frame_refused"),
  API_CALL("api_call"),
  BRIDGE_REFUSED("bridge_refused"),
  BUS_FAILURE("bus_failure"),
  BUS_STRANGER("bus_stranger"),
  DRAIN_STARTED("drain_started"),
  DRAIN_ENDED("drain_ended"),
  OPERATOR_CALL("operator_call"),
  STORE_LOST("store_lost"),
  STORE_BACK("store_back"),
  STORE_CHOSEN("store_chosen"),
  STORE_UNREADABLE("store_unreadable"),
  NOT_STORED("not_stored"),
  LOG_RENEWED("log_renewed"),
  QUEUE_LED("queue_led"),
  QUEUE_GIVEN_UP("queue_given_up"),
  QUEUE_ORDERED("queue_ordered"),
  QUEUE_CONFIG_DIFFERS("queue_config_differs"),
  QUEUE_STORE_FAILED("queue_store_failed"),
  ADMISSION_DECIDED("admission_decided"),
  NOTICES_DROPPED("notices_dropped"),
  SLOTS_UNRENEWED("slots_unrenewed"),
  CLUSTER_MINORITY("cluster_minority"),
  CLUSTER_UNEXPECTED_SIZE("cluster_unexpected_size"),
  CLUSTER_MAJORITY("cluster_majority"),
  CLOCK_DIFFERS("clock_differs"),
  PRESENCE_DIVERGED("presence_diverged"),
  EVENT_LOOP_LAG("event_loop_lag"),
  INTERNAL_ERROR("internal_error");

  private final String slug;

  LogEvent(String slug) {
    this.slug = slug;
  }

  public String slug() {
    return slug;
  }
}

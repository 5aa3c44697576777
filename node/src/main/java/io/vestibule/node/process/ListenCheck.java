package io.vestibule.node.process;

import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * Tries the HTTP ports before anything is started: a node that cannot serve should say so at once, and not after it has joined a cluster
 * and made others move data for it. The real listener still may find the port taken a moment later.
 */
final class ListenCheck {
  private ListenCheck() {}

  /**
   * Binds each configured port for a moment.
   *
   * @throws ProcessFailure that names the key, if one cannot be bound
   */
  static void of(VestibuleConfig config) {
    if (config.node().runs(Role.GATEWAY)) {
      var http = config.gateway().http();
      tryPort("gateway.http", "port", http.host(), http.port(), "; choose another with --port, or 0 for any free one");
    }
    var operations = config.operations();
    if (operations.ownPort()) {
      tryPort("operations", "http-port", operations.httpHost(), operations.httpPort(), "");
    }
  }

  private static void tryPort(String group, String key, String host, int port, String advice) {
    String name = group + "." + key + " " + port;
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (UnknownHostException e) {
      throw new ProcessFailure(ExitCode.UNAVAILABLE, "the host '" + host + "' of " + name + " cannot be resolved");
    } catch (BindException e) {
      throw new ProcessFailure(ExitCode.UNAVAILABLE, refusal(name, host, advice, e));
    } catch (IOException e) {
      throw new ProcessFailure(ExitCode.UNAVAILABLE, name + " cannot be listened on at " + host + ": " + e.getMessage());
    }
  }

  private static String refusal(String name, String host, String advice, BindException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("in use")) {
      return name + " is in use on " + host + advice;
    }
    if (message.contains("assign")) {
      return "'" + host + "' of " + name + " is not an address of this machine";
    }
    return name + " cannot be listened on at " + host + ": " + message;
  }
}

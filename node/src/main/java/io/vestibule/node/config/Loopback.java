package io.vestibule.node.config;

import java.util.regex.Pattern;

/** Tells whether a listener's host stays on this machine, without asking DNS: a name that resolves to loopback today may not tomorrow. */
final class Loopback {
  // RFC 1122 3.2.1.3 (127/8), RFC 4291 2.5.3 (::1), RFC 6761 6.3 (localhost).
  private static final Pattern FORM = Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[?(::1|0:0:0:0:0:0:0:1)]?");

  private Loopback() {}

  static boolean is(String host) {
    return FORM.matcher(host).matches();
  }
}

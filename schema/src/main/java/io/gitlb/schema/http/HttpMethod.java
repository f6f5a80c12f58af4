// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.util.Optional;
import java.util.stream.Stream;

/// The methods in use (RFC 9110 section 9, RFC 5789). The server answers HEAD from GET by itself.
public enum HttpMethod {
  GET,
  PUT,
  POST,
  PATCH,
  DELETE;

  /// Whether a call may be sent again when it is not known if the first one arrived (RFC 9110
  /// section 9.2.2).
  public boolean isIdempotent() {
    return switch (this) {
      case GET, PUT, DELETE -> true;
      case POST, PATCH -> false;
    };
  }

  static Optional<HttpMethod> parse(String name) {
    return name.equals("HEAD")
        ? Optional.of(GET)
        : Stream.of(values()).filter(method -> method.name().equals(name)).findAny();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import java.net.InetAddress;
import java.util.Map;
import java.util.OptionalLong;

/// One request as it came in.
///
/// @param path decoded, without the query
/// @param query parameter name → first value (1:1)
/// @param headers lower-case name → value (1:1)
/// @param body empty when there is none
public record ApiRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    Body body,
    InetAddress remote) {

  public ApiRequest {
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  /// The bytes of a body.
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  public record Body(byte[] bytes) {}

  public String header(String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, "");
  }

  public String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  public boolean isTrue(String parameter) {
    String value = parameter(parameter);
    return value.equals("true") || value.equals("1");
  }

  /// A number of a parameter; empty when it is absent or no number.
  public OptionalLong number(String parameter) {
    String value = parameter(parameter);
    return value.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(value))
        : OptionalLong.empty();
  }

  /// The body's media type, lower case, without parameters.
  public String mediaType() {
    String type = header("content-type");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
  }

  /// Nothing is to be stored.
  public boolean isDryRun() {
    return parameter("dryRun").equals("All");
  }

  /// Who writes, for the record of field owners: the parameter, else the program's name.
  public String fieldManager() {
    String given = parameter("fieldManager");
    if (!given.isEmpty()) {
      return given;
    }
    String agent = header("user-agent");
    int end = agent.indexOf('/');
    return agent.isEmpty() ? "unknown" : end < 0 ? agent : agent.substring(0, end);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One response.
///
/// @param status 200 to 599 (RFC 9110 section 15)
/// @param headers name in lower case → value; length and connection are the server's own
public record HttpAnswer(int status, SortedMap<String, String> headers, HttpBody body) {

  public HttpAnswer {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final status: " + status);
    }
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  /// Without a body.
  public static HttpAnswer empty(int status) {
    return new HttpAnswer(status, new TreeMap<>(), HttpBody.EMPTY);
  }

  /// One line for people.
  public static HttpAnswer text(int status, String line) {
    return new HttpAnswer(status, new TreeMap<>(), HttpBody.of(line + "\n"))
        .withHeader("content-type", "text/plain; charset=utf-8");
  }

  /// JSON octets.
  public static HttpAnswer json(int status, byte[] json) {
    return new HttpAnswer(status, new TreeMap<>(), HttpBody.of(json))
        .withHeader("content-type", "application/json");
  }

  /// The same answer with one more header, or another value for it.
  ///
  /// @param name in lower case
  public HttpAnswer withHeader(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new HttpAnswer(status, more, body);
  }

  /// @param name in lower case
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.net.InetAddress;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One request.
///
/// @param path decoded, begins with one slash
/// @param query name → its first value
/// @param headers name in lower case → value; several of one name are joined by `, `
/// @param callers on the server: the names from the client's certificate that let it in; empty
///   without client certificates
/// @param source on the server: the address that the connection comes from; empty on the client
public record HttpCall(
    HttpMethod method,
    String path,
    SortedMap<String, String> query,
    SortedMap<String, String> headers,
    HttpBody body,
    SortedSet<String> callers,
    Optional<InetAddress> source) {

  public HttpCall {
    if (!path.startsWith("/") || path.startsWith("//")) {
      throw new IllegalArgumentException("a path begins with one slash: " + path);
    }
    query = Collections.unmodifiableSortedMap(new TreeMap<>(query));
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    callers = Collections.unmodifiableSortedSet(new TreeSet<>(callers));
  }

  /// Without query, headers and body.
  public static HttpCall get(String path) {
    return of(HttpMethod.GET, path, HttpBody.EMPTY);
  }

  /// A body that replaces what the path names.
  public static HttpCall put(String path, String contentType, HttpBody body) {
    return of(HttpMethod.PUT, path, body).withHeader("content-type", contentType);
  }

  /// A body that says how to change what the path names.
  public static HttpCall patch(String path, String contentType, HttpBody body) {
    return of(HttpMethod.PATCH, path, body).withHeader("content-type", contentType);
  }

  /// A body to be worked on.
  public static HttpCall post(String path, String contentType, HttpBody body) {
    return of(HttpMethod.POST, path, body).withHeader("content-type", contentType);
  }

  private static HttpCall of(HttpMethod method, String path, HttpBody body) {
    return new HttpCall(
        method, path, new TreeMap<>(), new TreeMap<>(), body, new TreeSet<>(), Optional.empty());
  }

  /// The same call as it comes in from an address.
  public HttpCall from(InetAddress address) {
    return new HttpCall(method, path, query, headers, body, callers, Optional.of(address));
  }

  /// The same call with one more header, or another value for it.
  ///
  /// @param name in lower case
  public HttpCall withHeader(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new HttpCall(method, path, query, more, body, callers, source);
  }

  /// The same call with one more query parameter, or another value for it.
  public HttpCall withQuery(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(query);
    more.put(name, value);
    return new HttpCall(method, path, more, headers, body, callers, source);
  }

  /// The first of [#callers].
  public Optional<String> caller() {
    return callers.stream().findFirst();
  }

  /// @param name in lower case
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// The query parameter of that name.
  public Optional<String> queryValue(String name) {
    return Optional.ofNullable(query.get(name));
  }
}

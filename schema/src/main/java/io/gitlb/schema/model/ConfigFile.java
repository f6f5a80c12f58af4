// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// One file of the config branch as the commit holds it.
///
/// @param path in the commit's tree, with `/`
/// @param text decoded as UTF-8
public record ConfigFile(String path, String text) {}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.check.SourceMap;
import io.gitlb.schema.model.SourcePlace;

/// What reading one document writes to besides its result.
///
/// @param document how messages call the document, such as `IPAddressPool lan`
/// @param definition where `metadata.name` stands: the identity of the definition in `places`
record Context(
    String document, SourcePlace definition, ProblemList problems, SourceMap.Builder places) {}

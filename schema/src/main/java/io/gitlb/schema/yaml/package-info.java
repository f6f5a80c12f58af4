// SPDX-License-Identifier: Apache-2.0
/// From the text of a commit's files to [io.gitlb.schema.model.Definitions] or to every problem in
/// them, each with file, line and column.
///
/// Three layers, each usable alone:
///
/// 1. [YamlDocuments] turns one text into [YamlTree]s. It is the only place that knows the YAML
///    library, and where hostile text ends: size, depth, aliases, tags, duplicate keys.
/// 2. `Fields` and `Value` walk a tree and collect problems instead of stopping at the first.
/// 3. One `…Mapping` a kind says in a few lines which fields it has and what they mean;
///    [DefinitionReader] puts the kinds together and adds the checks across documents.
///
/// JSON files are read by the same way: JSON is YAML.
@NullMarked
package io.gitlb.schema.yaml;

import org.jspecify.annotations.NullMarked;

#include "indexer/record_reader.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/nearest_name.h"
#include "base/utf8.h"
#include "indexer/document_builder.h"

namespace aisle {
namespace {

// Walks one line without building it and keeps the member that is the id. Integers are kept as their text.
class IdFinder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit IdFinder(const std::string& id_field) : id_field_(id_field) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(std::int64_t number) override { return value(std::to_string(number)); }
  bool number_unsigned(std::uint64_t number) override { return value(std::to_string(number)); }
  bool number_float(double, const std::string&) override { return value(); }
  bool string(std::string& text) override { return value(is_id_ ? text : std::string()); }
  bool binary(nlohmann::json::binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    is_id_ = depth_ == 1 && name == id_field_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    error_ = "not valid JSON near byte " + std::to_string(position);
    return false;
  }

  const std::string& id() const { return id_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  bool value(std::string text = {}) {
    if (depth_ == 0) return refuse();
    if (is_id_) id_ = std::move(text);
    is_id_ = false;
    return true;
  }
  bool open(bool object) {
    if (depth_ == 0 && !object) return refuse();
    ++depth_;
    is_id_ = false;
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }
  bool refuse() {
    error_ = "not a JSON object";
    return false;
  }

  const std::string& id_field_;
  std::size_t depth_ = 0;
  bool is_id_ = false;
  std::string id_;
  std::optional<std::string> error_;
};

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t") == std::string::npos;
}

// Splits one row that may go on over several lines. feed() takes a line at a time.
class CellSplitter {
 public:
  CellSplitter(char delimiter, bool quotes) : delimiter_(delimiter), quotes_(quotes) {}

  // False when the row is wrong: error() says why.
  bool feed(std::string_view line) {
    if (quoted_) cells_.back() += '\n';
    if (cells_.empty()) cells_.emplace_back();
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (quoted_) {
        if (c != '"') {
          cells_.back() += c;
        } else if (i + 1 < line.size() && line[i + 1] == '"') {
          cells_.back() += line[++i];
        } else {
          quoted_ = false;
          closed_ = true;
        }
      } else if (c == delimiter_) {
        if (cells_.size() == RecordReader::cells_max) return refuse("has too many cells, the limit is 1000");
        cells_.emplace_back();
        closed_ = false;
      } else if (quotes_ && c == '"' && cells_.back().empty() && !closed_) {
        quoted_ = true;
      } else if (closed_) {
        return refuse("has text behind a closing quote");
      } else {
        cells_.back() += c;
      }
    }
    return true;
  }
  bool open() const { return quoted_; }
  const std::string& error() const { return error_; }
  std::vector<std::string> take() { return std::move(cells_); }

 private:
  bool refuse(std::string why) {
    error_ = std::move(why);
    return false;
  }

  const char delimiter_;
  const bool quotes_;  // a cell may stand in quotes
  std::vector<std::string> cells_;
  bool quoted_ = false;  // inside a quoted cell
  bool closed_ = false;  // behind its closing quote
  std::string error_;
};

std::string cells_to_json(const std::vector<std::string>& header, const std::vector<std::string>& cells) {
  std::string json = "{";
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (cells[i].empty() || header[i].empty()) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, header[i]);
    json += ':';
    append_json_string(json, cells[i]);
  }
  json += '}';
  return json;
}

}  // namespace

Result<FileFormat> file_format(const std::filesystem::path& path) {
  std::filesystem::path name = path.filename();
  if (name.extension() == ".gz") name = name.stem();
  const std::string ending = name.extension().string();
  if (ending == ".jsonl" || ending == ".ndjson") return FileFormat::JsonLines;
  if (ending == ".csv") return FileFormat::Csv;
  if (ending == ".tsv") return FileFormat::Tsv;
  return fail(ErrorCode::InvalidArgument,
              path.string() + " ends in \"" + ending + "\", expected .jsonl, .csv or .tsv, each also .gz");
}

RecordReader::RecordReader(LineReader lines, FileFormat format, std::string id_field)
    : lines_(std::move(lines)), format_(format), id_field_(std::move(id_field)) {}

Result<RecordReader> RecordReader::open(const std::filesystem::path& path, std::string id_field) {
  AISLE_TRY(const FileFormat format, file_format(path));
  AISLE_TRY(LineReader lines, LineReader::open(path));
  RecordReader reader(std::move(lines), format, std::move(id_field));
  if (format == FileFormat::JsonLines) return reader;
  AISLE_TRY(auto header, reader.next_row());
  if (!header) return fail(ErrorCode::InvalidArgument, path.string() + " is empty, expected a header line");
  if (header->error) {
    return fail(ErrorCode::InvalidArgument, path.string() + ": the header " + *header->error);
  }
  reader.header_ = std::move(header->cells);
  const auto& names = reader.header_;
  const auto found = std::ranges::find(names, reader.id_field_);
  if (found == names.end()) {
    return fail(ErrorCode::InvalidArgument, path.string() + " has no column \"" + reader.id_field_ + "\"" +
                                                did_you_mean(reader.id_field_, names));
  }
  reader.id_cell_ = static_cast<std::size_t>(found - names.begin());
  return reader;
}

Result<std::optional<FileRecord>> RecordReader::next() {
  return format_ == FileFormat::JsonLines ? next_json() : next_cells();
}

Result<std::optional<FileRecord>> RecordReader::next_json() {
  while (true) {
    AISLE_TRY(auto line, lines_.next());
    if (!line) return std::nullopt;
    if (is_blank(line->text)) continue;
    FileRecord found;
    found.line = line->number;
    if (line->too_long) {
      found.error = "is longer than the limit of " + std::to_string(LineReader::line_bytes_max) + " bytes";
      return found;
    }
    IdFinder finder(id_field_);
    const bool valid = nlohmann::json::sax_parse(line->text, &finder);
    found.record.id = finder.id();
    if (!valid) {
      found.error = finder.error().value_or("not valid JSON");
    } else if (const Status id = check_product_id(id_field_, finder.id()); !id) {
      found.error = id.error().message;
    } else {
      found.record.json = std::move(line->text);
    }
    return found;
  }
}

Result<std::optional<RecordReader::Row>> RecordReader::next_row() {
  AISLE_TRY(auto first, lines_.next());
  while (first && is_blank(first->text) && !first->too_long) {
    AISLE_TRY(first, lines_.next());
  }
  if (!first) return std::nullopt;
  Row row;
  row.line = first->number;
  const bool is_csv = format_ == FileFormat::Csv;
  CellSplitter splitter(is_csv ? ',' : '\t', is_csv);
  bool valid = !first->too_long && splitter.feed(first->text);
  std::size_t bytes = first->text.size();
  bool too_long = first->too_long;
  std::deque<Line> further;  // read again as rows of their own when the quote is never closed
  while (valid && splitter.open() && !too_long) {
    AISLE_TRY(auto line, lines_.next());
    if (!line) break;
    bytes += line->text.size();
    too_long = line->too_long || bytes > LineReader::line_bytes_max;
    valid = splitter.feed(line->text);
    further.push_back(std::move(*line));
  }
  if (valid && !too_long && !splitter.open()) {
    row.cells = splitter.take();
    return row;
  }
  row.error = !valid && !too_long ? splitter.error()
              : further.empty() && too_long
                  ? "is longer than the limit of " + std::to_string(LineReader::line_bytes_max) + " bytes"
                  : "has a quote that is never closed";
  lines_.put_back(std::move(further));
  return row;
}

Result<std::optional<FileRecord>> RecordReader::next_cells() {
  AISLE_TRY(auto row, next_row());
  if (!row) return std::nullopt;
  FileRecord found;
  found.line = row->line;
  found.error = std::move(row->error);
  if (found.error) return found;
  if (row->cells.size() != header_.size()) {
    found.error = "has " + std::to_string(row->cells.size()) + " cells, the header has " +
                  std::to_string(header_.size());
    return found;
  }
  found.record.id = replace_invalid_utf8(row->cells[id_cell_]);
  if (const Status id = check_product_id(id_field_, found.record.id); !id) {
    found.error = id.error().message;
  } else {
    found.record.json = cells_to_json(header_, row->cells);
  }
  return found;
}

}  // namespace aisle

-- Edits zones with mx46 lsp in Neovim, and writes what it shows into $REPORT.
local report = {}

local client = vim.lsp.start_client({ name = "mx46", cmd = { vim.env.MX46, "lsp" }, root_dir = vim.fn.getcwd() })

local function open(name)
  vim.cmd("edit " .. name)
  vim.bo.filetype = "bindzone"
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client)
  return buffer
end

-- wait lets diagnostics come until there are as many as wanted, and lists them.
local function wait(buffer, count)
  vim.wait(20000, function() return #vim.diagnostic.get(buffer) == count end, 20)
  local found = vim.diagnostic.get(buffer)
  table.sort(found, function(a, b) return a.lnum < b.lnum end)
  local out = {}
  for _, d in ipairs(found) do
    table.insert(out, string.format("%d:%d-%d:%d %s", d.lnum, d.col, d.end_lnum, d.end_col, d.code or d.user_data.lsp.code))
  end
  return #out > 0 and out or { "none" }
end

local function request(buffer, method, params)
  local responses = vim.lsp.buf_request_sync(buffer, method, params, 20000) or {}
  for _, r in pairs(responses) do return r.result end
end

local function actions(buffer, line, column)
  return request(buffer, "textDocument/codeAction", {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    range = { start = { line = line, character = column }, ["end"] = { line = line, character = column } },
    context = { diagnostics = {} },
  }) or {}
end

local function apply(buffer, line, column, matches)
  for _, a in ipairs(actions(buffer, line, column)) do
    if matches(a) then
      vim.lsp.util.apply_workspace_edit(a.edit, vim.lsp.get_client_by_id(client).offset_encoding)
      return
    end
  end
end

local org = open("db.example.org")
report.opened = wait(org, 1)
local net = vim.fn.bufadd("db.example.net")
vim.fn.bufload(net)
report.other = wait(net, 1)

local h = request(org, "textDocument/hover", {
  textDocument = { uri = vim.uri_from_bufnr(org) }, position = { line = 5, character = 9 },
})
report.hover = h and h.contents.value

vim.api.nvim_buf_set_lines(org, -1, -1, false, { "mail AAAA 2001:500:88::25" })
report.mended = wait(org, 0)
report.other2 = wait(net, 0)
vim.cmd("buffer " .. org)
vim.cmd("undo")
report.undone = wait(org, 1)
report.other3 = wait(net, 1)

apply(org, 5, 9, function(a) return a.title:find("^Ignore") end)
report.ignored = wait(org, 0)
for _, line in ipairs(vim.api.nvim_buf_get_lines(org, 0, -1, false)) do
  if line:find("mx46:ignore", 1, true) then report.comment = line end
end
vim.cmd("set nomodified")

local com = open("db.example.com")
report.doubles = wait(com, 2)
apply(com, 8, 9, function(a) return a.isPreferred end)
report.fixed = wait(com, 1)

local file = io.open(vim.env.REPORT, "w")
file:write(vim.json.encode(report))
file:close()
vim.lsp.stop_client(client)

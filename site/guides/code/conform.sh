# snippet: try
xaman-live conform http://127.0.0.1:3000/api
# end
# snippet: one
xaman-live conform -rule a-planted-session-shows-nothing http://127.0.0.1:3000/api
# end
